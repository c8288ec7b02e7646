package goname

import (
	"go/token"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// initialisms are the words that Go spells in capitals, as the Go Code Review
// Comments list them, kept to those that occur in schemas.
var initialisms = []string{"acl", "api", "cpu", "css", "dns", "html", "http", "https", "id", "ip", "json", "jwt", "os", "rbac", "rpc", "sql", "ssh", "tls", "ttl", "ui", "uri", "url", "utf8", "uuid", "vm", "xml", "yaml"}

// Words splits an SQL or Go name into lower-case words: "role_preset_id",
// "RolePresetID" and "role-preset-id" are all [role preset id].
func Words(name string) []string {
	var words []string
	var cur []rune
	flush := func() {
		if len(cur) > 0 {
			words = append(words, strings.ToLower(string(cur)))
			cur = cur[:0]
		}
	}
	runes := []rune(name)
	for i, r := range runes {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			flush()
			continue
		case unicode.IsUpper(r) && len(cur) > 0:
			afterLower := !unicode.IsUpper(runes[i-1])
			endsCapitals := i+1 < len(runes) && unicode.IsLower(runes[i+1]) && !pluralOfCapitals(runes, i)
			if afterLower || endsCapitals {
				flush()
			}
		}
		cur = append(cur, r)
	}
	flush()
	return words
}

// pluralOfCapitals reports whether the capital at i and the s after it end a
// plural such as IDs, which is one word.
func pluralOfCapitals(runes []rune, i int) bool {
	return runes[i+1] == 's' && (i+2 == len(runes) || !unicode.IsLower(runes[i+2]))
}

// Exported makes an exported Go identifier: "role_preset_id" is RolePresetID.
func Exported(name string) string {
	var b strings.Builder
	for _, w := range Words(name) {
		b.WriteString(capital(w))
	}
	return safeStart(b.String(), "X")
}

// Unexported makes an unexported Go identifier: "role_preset_id" is
// rolePresetID. It never returns a keyword or a predeclared name.
func Unexported(name string) string {
	var b strings.Builder
	for i, w := range Words(name) {
		if i == 0 {
			b.WriteString(w)
		} else {
			b.WriteString(capital(w))
		}
	}
	id := safeStart(b.String(), "x")
	if token.IsKeyword(id) || IsPredeclared(id) {
		id += "_"
	}
	return id
}

// Snake makes an SQL name: "RolePresetID" is role_preset_id.
func Snake(name string) string { return strings.Join(Words(name), "_") }

// Equal reports whether two names are the same but for case and underscores,
// as a column and the Go field made from it are.
func Equal(a, b string) bool {
	return strings.EqualFold(strings.ReplaceAll(a, "_", ""), strings.ReplaceAll(b, "_", ""))
}

// Singular guesses the singular of an English table name: roles is role. It is
// used for names of locals only, where a wrong guess is merely ugly.
func Singular(name string) string {
	switch {
	case strings.HasSuffix(name, "ies") && len(name) > 4:
		return strings.TrimSuffix(name, "ies") + "y"
	case strings.HasSuffix(name, "sses"), strings.HasSuffix(name, "xes"):
		return strings.TrimSuffix(name, "es")
	case strings.HasSuffix(name, "ss"), !strings.HasSuffix(name, "s"):
		return name
	default:
		return strings.TrimSuffix(name, "s")
	}
}

// Plural guesses the plural of an English name: policy is policies. It is used
// for names of fields only.
func Plural(name string) string {
	switch {
	case strings.HasSuffix(name, "y") && len(name) > 1 && !strings.ContainsAny(name[len(name)-2:len(name)-1], "aeiou"):
		return strings.TrimSuffix(name, "y") + "ies"
	case strings.HasSuffix(name, "s"), strings.HasSuffix(name, "x"), strings.HasSuffix(name, "ch"), strings.HasSuffix(name, "sh"):
		return name + "es"
	default:
		return name + "s"
	}
}

// IsPredeclared reports whether Go declares name in the universe block.
func IsPredeclared(name string) bool { return slices.Contains(predeclared, name) }

var predeclared = []string{
	"any", "append", "bool", "byte", "cap", "clear", "close", "comparable", "complex", "complex128", "complex64", "copy", "delete", "error", "false", "float32", "float64",
	"imag", "int", "int16", "int32", "int64", "int8", "iota", "len", "make", "max", "min", "new", "nil", "panic", "print", "println", "real", "recover", "rune", "string",
	"true", "uint", "uint16", "uint32", "uint64", "uint8", "uintptr",
}

func capital(word string) string {
	if slices.Contains(initialisms, word) {
		return strings.ToUpper(word)
	}
	if base, ok := strings.CutSuffix(word, "s"); ok && slices.Contains(initialisms, base) && base != "" {
		return strings.ToUpper(base) + "s"
	}
	r := []rune(word)
	return string(unicode.ToUpper(r[0])) + string(r[1:])
}

func safeStart(id, prefix string) string {
	if id == "" || unicode.IsDigit([]rune(id)[0]) {
		return prefix + id
	}
	return id
}

// Namer hands out identifiers that are unique within one Go scope. The zero
// value is ready to use.
type Namer struct{ used map[string]bool }

// Reserve marks names as taken.
func (n *Namer) Reserve(names ...string) {
	if n.used == nil {
		n.used = map[string]bool{}
	}
	for _, name := range names {
		n.used[name] = true
	}
}

// Unique returns name, or name with the lowest number from 2 that makes it
// unique, and marks it as taken.
func (n *Namer) Unique(name string) string {
	unique := name
	for i := 2; n.used[unique]; i++ {
		unique = name + strconv.Itoa(i)
	}
	n.Reserve(unique)
	return unique
}
