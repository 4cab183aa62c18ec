package render

import "strings"

// Thousands puts commas between the thousands of a number in digits. Numbers below 10,000 stay as they are.
func Thousands(text string) string {
	sign := ""
	if strings.HasPrefix(text, "-") {
		sign, text = "-", text[1:]
	}
	whole, fraction, dot := strings.Cut(text, ".")
	if len(whole) < 5 || strings.Trim(whole, "0123456789") != "" {
		return sign + text
	}
	var b strings.Builder
	for i, digit := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(digit)
	}
	if dot {
		b.WriteString("." + fraction)
	}
	return sign + b.String()
}
