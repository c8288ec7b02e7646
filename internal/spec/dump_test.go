package spec

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/specgen-dev/specgen/internal/diag"
)

// dump writes a document, or a part of one, as indented text: every field that
// is set, and every position. It knows the types by reflection, so that a new
// field cannot be forgotten.
func dump(v any) string {
	var d dumper
	d.value(0, reflect.ValueOf(v))
	return strings.TrimPrefix(d.b.String(), " ") + "\n"
}

type dumper struct{ b strings.Builder }

func lineCol(p diag.Pos) string { return fmt.Sprintf("@%d:%d", p.Line, p.Col) }

// value writes v after a field's name, or as an entry of a list.
func (d *dumper) value(indent int, v reflect.Value) {
	switch x := v.Interface().(type) {
	case Text:
		fmt.Fprintf(&d.b, " %q %s", x.Value, lineCol(x.Pos))
		return
	case *Binding:
		fmt.Fprintf(&d.b, " %s %s =", x.Name.Value, lineCol(x.Name.Pos))
		d.value(indent, reflect.ValueOf(x.Value))
		return
	case Expr:
		fmt.Fprintf(&d.b, " %s %s %s", strings.TrimPrefix(reflect.TypeOf(x).String(), "*spec."), x, lineCol(x.Position()))
		return
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		d.value(indent, v.Elem())
	case reflect.Slice:
		for i := range v.Len() {
			d.line(indent + 1)
			d.b.WriteByte('-')
			d.value(indent+1, v.Index(i))
		}
	case reflect.Struct:
		d.fields(indent, v)
	default:
		fmt.Fprintf(&d.b, " %v", v.Interface())
	}
}

func (d *dumper) fields(indent int, v reflect.Value) {
	fmt.Fprintf(&d.b, " %s", v.Type().Name())
	if pos := v.FieldByName("Pos"); pos.IsValid() {
		fmt.Fprintf(&d.b, " %s", lineCol(pos.Interface().(diag.Pos)))
	}
	for i := range v.NumField() {
		f := v.Field(i)
		text, isText := f.Interface().(Text)
		if v.Type().Field(i).Name == "ParseLoss" {
			continue // which the problems tell
		}
		if v.Type().Field(i).Name == "Pos" || f.IsZero() || isText && text.Value == "" {
			continue
		}
		d.line(indent + 1)
		fmt.Fprintf(&d.b, "%s:", v.Type().Field(i).Name)
		d.value(indent+1, f)
	}
}

func (d *dumper) line(indent int) {
	d.b.WriteByte('\n')
	d.b.WriteString(strings.Repeat("  ", indent))
}
