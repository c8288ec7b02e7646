package schema

import (
	"regexp"
	"slices"
	"strings"
)

var (
	sqlComment = regexp.MustCompile(`--[^\n]*|(?s:/\*.*?\*/)`)
	returned   = regexp.MustCompile(`(?i)\breturn\b\s*([^;]*);`)
)

// Becomes reports whether a trigger turns the DELETE of a row into an UPDATE of
// it: it updates the table, and returns no row.
func (c *Catalog) Becomes(x *Trigger, table *Table) bool {
	f := c.Function(x.Function)
	if f == nil || f.Language != "plpgsql" || x.Timing != Before || !x.Row || x.Events&OnDelete == 0 {
		return false
	}
	body := sqlComment.ReplaceAllString(f.Body, " ")
	updates := regexp.MustCompile(`(?i)\bupdate\s+(only\s+)?("?\w+"?\s*\.\s*)?"?` + regexp.QuoteMeta(table.Name) + `\b`)
	none := func(m []string) bool { // NEW is no row in a DELETE
		return slices.Contains([]string{"null", "new"}, strings.ToLower(strings.TrimSpace(m[1])))
	}
	return updates.MatchString(body) && slices.ContainsFunc(returned.FindAllStringSubmatch(body, -1), none)
}
