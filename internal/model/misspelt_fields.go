package model

import (
	"fmt"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/spec"
)

// slips finds the fields of rows of data that are misspelt: no row has both the
// field and one of nearly the same name, which no fewer rows have. Each is told
// once, and not as what the other rows lack.
func (r *resolver) slips(s *DataStruct, lists [][]spec.Expr) {
	s.slips = map[string]string{}
	names := map[string][]spec.Text{}
	together := map[[2]string]bool{}
	for _, items := range lists {
		for _, item := range items {
			m, ok := item.(*spec.Map)
			if !ok {
				continue
			}
			for _, a := range m.Entries {
				names[a.Name.Value] = append(names[a.Name.Value], a.Name)
				for _, b := range m.Entries {
					together[[2]string{a.Name.Value, b.Name.Value}] = true
				}
			}
		}
	}
	for _, f := range s.Fields {
		for _, g := range s.Fields {
			if f == g || together[[2]string{f.Name, g.Name}] || f.Name == s.key || diag.Nearest(f.Name, []string{g.Name}) == "" {
				continue
			}
			fewer := len(names[f.Name]) - len(names[g.Name])
			if later := names[f.Name][0].Pos.Compare(names[g.Name][0].Pos) > 0; fewer > 0 || fewer == 0 && !later && g.Name != s.key {
				continue
			}
			s.slips[f.Name] = g.Name
			r.fail(names[f.Name][0].Pos, "SG221", fmt.Sprintf("did you mean %q?", g.Name), "this row has %q, and other rows have %q", f.Name, g.Name)
		}
	}
}

// slipped reports whether a row lacks a field only because of a slip, in this row
// or in another.
func (s *DataStruct) slipped(field string, row *spec.Map) bool {
	if s.slips[field] != "" {
		return true
	}
	for _, b := range row.Entries {
		if s.slips[b.Name.Value] == field {
			return true
		}
	}
	return false
}
