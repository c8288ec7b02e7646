// Package rules holds the Go functions that the examples of docs/language.md
// call.
package rules

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"

	"example.com/teams/db"
)

// ErrReserved says that a slug is not for use.
var ErrReserved = errors.New("the slug is reserved")

// CheckSlug refuses slugs that have a meaning of their own.
func CheckSlug(slug string) error {
	if IsReserved(slug) {
		return ErrReserved
	}
	return nil
}

// IsReserved reports whether a slug has a meaning of its own.
func IsReserved(slug string) bool { return slug == "admin" }

// Hash returns what is kept of a secret.
func Hash(ctx context.Context, secret string) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:]), nil
}

// RoleName names the role that is made from a preset.
func RoleName(preset db.RolePreset, scopeType, name string) string {
	return strings.Join([]string{scopeType, name, preset.Name}, "/")
}

// NoteOr returns the note, or a text that stands for none.
func NoteOr(note *string, otherwise string) string {
	if note == nil {
		return otherwise
	}
	return *note
}

// Size returns the length of a text, as text.
func Size(text string) string { return strconv.Itoa(len(text)) }

// KeyMade tells the world that a key was made.
func KeyMade(hash string) error { return nil }

// Published tells the world of a new workspace.
func Published(ctx context.Context, w db.Workspace) error { return ctx.Err() }

// Forgotten tells the world that a workspace is gone.
func Forgotten(w db.Workspace) {}
