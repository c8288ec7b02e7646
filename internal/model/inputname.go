package model

import (
	"strings"

	"github.com/specgen-dev/specgen/internal/goname"
	"github.com/specgen-dev/specgen/internal/spec"
)

// sameInput reports whether two names are those of one input. PostgreSQL folds the
// case of a parameter, and sqlc writes Go names: a name in mixed case, such as
// tenantID, is tenantid and tenant_id too. Names in lower case are as they are.
func sameInput(a, b string) bool {
	return a == b || (isMixed(a) || isMixed(b)) && goname.Equal(a, b)
}

func isMixed(name string) bool { return name != strings.ToLower(name) }

// inputNamed finds an input by its name, "" for none: the very name before one that
// is the same but for case.
func inputNamed[V any](inputs map[string]V, name string) string {
	if _, ok := inputs[name]; ok {
		return name
	}
	for _, known := range sortedKeys(inputs) {
		if sameInput(known, name) {
			return known
		}
	}
	return ""
}

// declaredFor finds the declaration of the input for a parameter of `row`.
func declaredFor(declared map[string]*spec.Declaration, a *Arg) *spec.Declaration {
	name := inputNamed(declared, a.Name)
	if name == "" {
		for _, known := range sortedKeys(declared) {
			if isMixed(known) && goname.Equal(known, a.Param.Name) {
				name = known
			}
		}
	}
	return declared[name]
}

// declaredInputs are the inputs that a scope declares, by their names.
func declaredInputs(s *spec.Scope) map[string]*spec.Declaration {
	declared := map[string]*spec.Declaration{}
	for _, d := range s.Inputs {
		declared[d.Name.Value] = d
	}
	return declared
}
