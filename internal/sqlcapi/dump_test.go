package sqlcapi_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/specgen-dev/specgen/internal/goname"
	"github.com/specgen-dev/specgen/internal/sqlcapi"
)

// dump writes everything that an API holds as text, for the golden files.
func dump(api *sqlcapi.API) string {
	var b strings.Builder
	for _, p := range api.Packages {
		dumpPackage(&b, p)
	}
	fmt.Fprintf(&b, "names: %s\n", strings.Join(api.QueryNames(), " "))
	return b.String()
}

func dumpPackage(b *strings.Builder, p *sqlcapi.Package) {
	fmt.Fprintf(b, "package %s %q\n  dir %s\n  at %s\n", p.Name, p.ImportPath, p.Dir, p.Pos)
	fmt.Fprintf(b, "  schema %s\n  queries %s\n", strings.Join(p.Schema, " "), strings.Join(p.QueryFiles, " "))
	fmt.Fprintf(b, "  dbArgument=%t copyFrom=%t sendBatch=%t pointersForNull=%t\n", p.DBArgument, p.CopyFrom, p.SendBatch, p.PointersForNull)
	for _, dbType := range slices.Sorted(maps.Keys(p.Overrides)) {
		o := p.Overrides[dbType]
		fmt.Fprintf(b, "  override %s: %s, null %s\n", dbType, spell(o.Type), spell(o.NullType))
	}
	for _, e := range p.Enums {
		fmt.Fprintf(b, "  enum %s null %s field %q\n", spell(e.Type), spell(e.NullType), e.Field)
		for _, c := range e.Consts {
			fmt.Fprintf(b, "    %s = %q\n", c.Name, c.Value)
		}
	}
	for _, s := range p.Models {
		fmt.Fprintf(b, "  model %s\n", s.Name)
		for _, f := range s.Fields {
			fmt.Fprintf(b, "    %s %s %q\n", f.Name, spell(f.Type), f.Comment)
		}
	}
	for _, q := range p.Queries {
		dumpQuery(b, q)
	}
}

func dumpQuery(b *strings.Builder, q *sqlcapi.Query) {
	fmt.Fprintf(b, "  query %s :%s at %s\n", q.Name, q.Cmd, q.Pos)
	if q.Doc != "" {
		fmt.Fprintf(b, "    doc %q\n", q.Doc)
	}
	if q.SQL != "" {
		fmt.Fprintf(b, "    sql %q\n", q.SQL)
	}
	if len(q.CopyTable) > 0 {
		fmt.Fprintf(b, "    copy %q %q\n", q.CopyTable, q.CopyColumns)
	}
	if len(q.Params) > 0 {
		fmt.Fprintf(b, "    params %s order %v\n", spell(q.ParamStruct), q.ParamOrder)
	}
	for i, p := range q.Params {
		fmt.Fprintf(b, "      $%d %s %s\n", i+1, p.Name, spell(p.Type))
	}
	if !q.Row.IsZero() {
		fmt.Fprintf(b, "    row %s\n", spell(q.Row))
	}
	for _, c := range q.Columns {
		fmt.Fprintf(b, "      %q %s\n", c.Field, spell(c.Type))
	}
}

// spell shows a type with its whole import path; the cases' own packages are
// shortened to "…db.".
func spell(t goname.Type) string {
	if strings.HasPrefix(t.Pkg, "github.com/specgen-dev/specgen/internal/sqlcapi/testdata/") {
		return t.Mods + "…" + t.PkgName + "." + t.Name
	}
	switch {
	case t.IsZero():
		return "-"
	case t.Pkg == "":
		return t.Mods + t.Name
	case strings.HasSuffix(t.Pkg, "/"+t.PkgName):
		return t.Mods + t.Pkg + "." + t.Name
	default:
		return fmt.Sprintf("%s%s(%s).%s", t.Mods, t.PkgName, t.Pkg, t.Name)
	}
}
