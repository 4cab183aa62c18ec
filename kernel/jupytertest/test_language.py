"""Cells are Go: what a user sees of types, their methods and limits."""


def test_methods_are_honoured_where_values_are_nested(kernel):
    kernel.run("""
type Celsius float64

func (c Celsius) String() string               { return fmt.Sprintf("%.1f C", float64(c)) }
func (c Celsius) MarshalJSON() ([]byte, error) { return json.Marshal(c.String()) }
func (c *Celsius) UnmarshalJSON(b []byte) error {
	_, err := fmt.Sscanf(string(b), "\\"%f C\\"", (*float64)(c))
	return err
}

type Reading struct {
	Place string             `json:"place"`
	Temps map[string]Celsius `json:"temps"`
}
""")
    assert kernel.run('r := Reading{"roof", map[string]Celsius{"noon": 21}}\nfmt.Println(r)').stdout == "{roof map[noon:21.0 C]}\n"
    result = kernel.run("b, err := json.Marshal([]*Reading{&r})\nfmt.Println(string(b), err)")
    assert result.stdout == '[{"place":"roof","temps":{"noon":"21.0 C"}}] <nil>\n'
    result = kernel.run("var back []Reading\nfmt.Println(json.Unmarshal(b, &back), back)")
    assert result.stdout == "<nil> [{roof map[noon:21.0 C]}]\n"


def test_a_type_defined_by_one_of_an_earlier_cell(kernel):
    kernel.run("type Metres float64")
    assert kernel.run("type Height Metres\nHeight(3) / 2").value == "1.5"


def test_what_would_be_done_wrong_is_refused(kernel):
    result = kernel.run("""type Level int
func (l Level) MarshalText() ([]byte, error) { return []byte("low"), nil }
xml.Marshal([]Level{1})""")
    assert result.reply["status"] == "error"
    assert "not supported yet: encoding/xml does not see the method MarshalText of Level" in result.reply["evalue"]
    assert kernel.run("type Tree []Tree").reply["status"] == "error"
    assert kernel.run("1 + 1").value == "2"


def test_nothing_found_is_zero(kernel):
    """The value of v, ok is zero when nothing is found, whatever v was before: in a loop and in a later cell."""
    kernel.run('n := 7\nm := map[string]int{"a": 1}\nvar x any = 2.5')
    loop = 'for _, k := range []string{"a", "b"} { v, ok := m[k]; fmt.Println(v, ok) }'
    assert kernel.run(loop).stdout == "1 true\n0 false\n"
    assert kernel.run("n, found := x.(int)\nfmt.Println(n, found)").stdout == "0 false\n"
