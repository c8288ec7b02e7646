package rbacfunc

import (
	"encoding/hex"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5/pgtype"
)

// maxRoleName is how many characters the column roles.name holds. PostgreSQL counts code points.
const maxRoleName = 64

// RoleName returns the name of the role that a preset gives to a scope: the preset's template, rendered, or a fallback.
// It never fails, so that no text in the database keeps a scope from being created, and its result is never blank and
// never longer than 64 characters.
//
// A template is text with {{ scope.type }}, {{ scope.name }} and quoted literals, {{ 'x' }} or {{ "x" }}; space inside
// the braces is free, and all else stands for itself. The result is not trimmed.
//
// The fallback takes the place of a template that is absent, names another variable, cannot be read, or renders to
// nothing but white space or to more than 64 characters: a cut name would lose the end, where templates tell
// -admin from -member. It is the preset's name, cut to its first 31 characters, then a hyphen and the preset's id in
// 32 hexadecimal digits. Two presets may have one name, or one beginning, and none share an id: two fallbacks
// in one scope differ.
func RoleName(template *string, presetName string, presetID pgtype.UUID, scopeType, scopeName string) string {
	if template != nil {
		name, err := render(*template, scopeType, scopeName)
		if err == nil && strings.TrimSpace(name) != "" && utf8.RuneCountInString(name) <= maxRoleName {
			return name
		}
	}
	return fallbackName(presetName, presetID)
}

// fallbackName returns a name that no other preset's fallback equals: its last 32 characters are the id.
func fallbackName(presetName string, presetID pgtype.UUID) string {
	id := hex.EncodeToString(presetID.Bytes[:])
	return firstRunes(presetName, maxRoleName-1-len(id)) + "-" + id
}

// firstRunes returns the first n characters of s, or all of a shorter one.
func firstRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}
