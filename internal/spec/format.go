package spec

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"
)

// String writes the reference, such as "$row.id".
func (e *Ref) String() string { return "$" + strings.Join(append([]string{e.Root}, e.Path...), ".") }

// String writes the call, such as "$go.RoleName($preset, $name)".
func (e *Call) String() string { return writeYAML(e, false) }

// String writes "$new.uuid".
func (e *New) String() string { return "$new." + e.Kind }

// String writes "$now", with its offset where there is one.
func (e *Now) String() string {
	switch {
	case e.Offset == 0:
		return "$now"
	case e.Offset < 0:
		return "$now - " + formatDuration(e.Offset)[1:]
	default:
		return "$now + " + formatDuration(e.Offset)
	}
}

// String writes the text in quotes, with its ${…}.
func (e *Concat) String() string { return writeYAML(e, false) }

// String writes the literal as YAML, with quotes where they are needed.
func (e *Scalar) String() string { return writeYAML(e, false) }

// String writes the list in brackets.
func (e *List) String() string {
	items := make([]string, len(e.Items))
	for i, item := range e.Items {
		items[i] = writeYAML(item, true)
	}
	return "[" + strings.Join(items, ", ") + "]"
}

// String writes the mapping in braces.
func (e *Map) String() string {
	entries := make([]string, len(e.Entries))
	for i, entry := range e.Entries {
		entries[i] = writeKey(entry.Name.Value) + ": " + writeYAML(entry.Value, true)
	}
	return "{" + strings.Join(entries, ", ") + "}"
}

// formatDuration leaves out the zero minutes and seconds of time.Duration.String.
func formatDuration(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// writeYAML writes e as a value of YAML: flow says that it stands in brackets
// or braces, where punctuation needs quotes.
func writeYAML(e Expr, flow bool) string {
	switch e := e.(type) {
	case *Call:
		text := writeExpr(e)
		if isPlainExpr(text, flow) {
			return text
		}
		return quoteYAML(text)
	case *Concat:
		return quoteYAML(writeTemplate(e.Parts, plainRune))
	case *Scalar:
		return writeScalar(e)
	default:
		return e.String()
	}
}

// isPlainExpr reports whether YAML reads text, which begins with a dollar, back
// as it is without quotes.
func isPlainExpr(text string, flow bool) bool {
	if flow && strings.ContainsAny(text, ",[]{}") {
		return false
	}
	return isPrintable(text) && !strings.Contains(text, ": ") && !strings.Contains(text, " #")
}

// plainString are the texts that need no quotes anywhere in YAML.
var plainString = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_./-]*$`)

func isPlainString(text string) bool {
	if !plainString.MatchString(text) {
		return false
	}
	switch strings.ToLower(text) {
	case "null", "true", "false", "yes", "no", "on", "off", "y", "n":
		return false
	}
	return true
}

func writeKey(key string) string {
	if isPlainString(key) {
		return key
	}
	return quoteYAML(key)
}

func writeScalar(e *Scalar) string {
	switch {
	case e.Kind == Binary:
		return "!!binary " + quoteYAML(base64.StdEncoding.EncodeToString([]byte(e.Text)))
	case e.Kind != String, isPlainString(e.Text):
		return e.Text
	default:
		return quoteYAML(writeTemplate([]Expr{e}, plainRune))
	}
}

// writeExpr writes e in the language of expressions, as it stands after a
// dollar or as an argument.
func writeExpr(e Expr) string {
	switch e := e.(type) {
	case *Call:
		args := make([]string, len(e.Args))
		for i, arg := range e.Args {
			args[i] = writeExpr(arg)
		}
		name := e.Func
		if e.Go {
			name = "go." + name
		}
		return "$" + name + "(" + strings.Join(args, ", ") + ")"
	case *Concat:
		return `"` + writeTemplate(e.Parts, escapeRune) + `"`
	case *Scalar:
		if e.Kind == String {
			return `"` + writeTemplate([]Expr{e}, escapeRune) + `"`
		}
		return e.Text
	default:
		return e.String()
	}
}

// writeTemplate writes text with its ${…}, each character of it by write.
func writeTemplate(parts []Expr, write func(*strings.Builder, rune)) string {
	var b strings.Builder
	for _, part := range parts {
		s, ok := part.(*Scalar)
		if !ok {
			b.WriteString("${" + strings.TrimPrefix(writeExpr(part), "$") + "}")
			continue
		}
		for _, r := range s.Text {
			if r == '$' {
				b.WriteRune('$')
			}
			write(&b, r)
		}
	}
	return b.String()
}

func plainRune(b *strings.Builder, r rune) { b.WriteRune(r) }

// escapeRune writes r as it stands between double quotes, in YAML and in
// expressions.
func escapeRune(b *strings.Builder, r rune) {
	switch {
	case r == '"' || r == '\\':
		b.WriteRune('\\')
		b.WriteRune(r)
	case r == '\n':
		b.WriteString(`\n`)
	case r == '\r':
		b.WriteString(`\r`)
	case r == '\t':
		b.WriteString(`\t`)
	case isPrintableRune(r):
		b.WriteRune(r)
	case r <= 0xffff:
		fmt.Fprintf(b, `\u%04x`, r)
	default:
		fmt.Fprintf(b, `\U%08x`, r)
	}
}

func isPrintableRune(r rune) bool { return r == ' ' || unicode.IsPrint(r) }

func isPrintable(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return !isPrintableRune(r) })
}

// quoteYAML writes text in the quotes that read best.
func quoteYAML(text string) string {
	if strings.ContainsAny(text, `"\`) && isPrintable(text) {
		return "'" + strings.ReplaceAll(text, "'", "''") + "'"
	}
	var b strings.Builder
	for _, r := range text {
		escapeRune(&b, r)
	}
	return `"` + b.String() + `"`
}
