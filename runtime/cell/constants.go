package cell

import (
	"go/constant"
	"go/types"
	"math"
	"strconv"
	"strings"
)

// representable tells whether a variable of a default type can hold a constant.
func representable(v constant.Value, t *types.Basic) bool {
	switch t.Kind() {
	case types.Int:
		i, ok := constant.Int64Val(constant.ToInt(v))
		return ok && (sizes().Sizeof(t) == 8 || i == int64(int32(i)))
	case types.Rune:
		i, ok := constant.Int64Val(constant.ToInt(v))
		return ok && i == int64(int32(i))
	case types.Float64:
		f, _ := constant.Float64Val(v)
		return !math.IsInf(f, 0)
	}
	return true
}

// literal writes a constant of a basic kind without its type.
func literal(v constant.Value, t *types.Basic) string {
	switch info := t.Info(); {
	case info&types.IsBoolean != 0:
		return strconv.FormatBool(constant.BoolVal(v))
	case info&types.IsString != 0:
		return strconv.Quote(constant.StringVal(v))
	case info&types.IsInteger != 0:
		return negative(constant.ToInt(v).ExactString())
	case info&types.IsFloat != 0:
		return negative(floatLiteral(v, t))
	case info&types.IsComplex != 0:
		return "complex(" + floatLiteral(constant.Real(v), t) + ", " + floatLiteral(constant.Imag(v), t) + ")"
	}
	return v.ExactString()
}

// floatLiteral is the shortest literal that gives the same float, always with a
// point or an exponent.
func floatLiteral(v constant.Value, t *types.Basic) string {
	bits := 64
	f, _ := constant.Float64Val(constant.ToFloat(v))
	if t.Kind() == types.Float32 || t.Kind() == types.Complex64 {
		bits = 32
	}
	s := strconv.FormatFloat(f, 'g', -1, bits)
	if !strings.ContainsAny(s, ".e") {
		s += ".0"
	}
	return s
}

func negative(s string) string {
	if strings.HasPrefix(s, "-") {
		return "(" + s + ")"
	}
	return s
}
