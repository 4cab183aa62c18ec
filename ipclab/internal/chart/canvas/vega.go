package canvas

import "maps"

type object = map[string]any

// Foreground is the colour of text and axes in a front end: that of JupyterLab's theme, also after the theme has changed,
// and else that of the text around. It needs Vega's SVG renderer, which also says to screen readers what is drawn.
const Foreground = "var(--jp-content-font-color1, currentColor)"

// Vega returns what every specification in Vega-Lite begins with: how it is drawn on a ground, light or dark, that nobody knows.
// legend is added to what is said of legends. See https://vega.github.io/vega-lite/docs/.
func Vega(legend map[string]any) map[string]any {
	legends := object{"labelColor": Foreground, "titleColor": Foreground, "labelFontSize": 12, "labelLimit": 220, "symbolSize": 90, "symbolOpacity": 1}
	maps.Copy(legends, legend)
	return object{
		"$schema":    "https://vega.github.io/schema/vega-lite/v5.json",
		"background": "transparent",
		"usermeta":   object{"embedOptions": object{"renderer": "svg"}},
		"config": object{
			"view": object{"stroke": nil},
			"axis": object{"labelColor": Foreground, "titleColor": Foreground, "domainColor": "#808080", "tickColor": "#808080", "gridColor": "#808080",
				"gridOpacity": 0.25, "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal", "labelLimit": 260},
			"legend": legends,
			"title":  object{"color": Foreground, "subtitleColor": Foreground, "anchor": "start", "fontSize": 14, "subtitleFontSize": 12},
			"text":   object{"color": Foreground, "fontSize": 12},
			"rule":   object{"color": Foreground},
		},
	}
}
