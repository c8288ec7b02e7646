package check

import "github.com/specgen-dev/specgen/internal/model"

// purgeOutcomes reports what package model found of the conditions of a purge's
// lock and row: it has to know what they mean in any case.
func (c *checker) purgeOutcomes(s *model.Scope) {
	for _, p := range s.Purge.Problems {
		if p.Code == c.rule.Code {
			c.report(s, p)
		}
	}
}
