package diag

import (
	"fmt"
	"slices"
	"strings"
)

// Nearest returns the candidate closest to name, when it is within an edit
// distance of two and clearly a misspelling (fewer edits than half the name).
// Case and underscores do not count as edits. It returns "" for none; ties go
// to the candidate that sorts first.
func Nearest(name string, candidates []string) string {
	best, bestDistance := "", 3
	folded := fold(name)
	for _, c := range slices.Sorted(slices.Values(candidates)) {
		d := distance(folded, fold(c))
		if d < bestDistance && 2*d < max(len(folded), 2) {
			best, bestDistance = c, d
		}
	}
	return best
}

// DidYouMean says in words which of the candidates the user may have meant: the
// nearest one, else the whole set where it is small. It returns "" when there
// is nothing useful to say.
func DidYouMean(name string, candidates []string) string {
	if n := Nearest(name, candidates); n != "" {
		return fmt.Sprintf("did you mean %q?", n)
	}
	if n := len(candidates); n == 0 || n > 12 {
		return ""
	}
	sorted := slices.Compact(slices.Sorted(slices.Values(candidates)))
	return "known here: " + strings.Join(sorted, ", ")
}

func fold(s string) string {
	return strings.ToLower(strings.ReplaceAll(s, "_", ""))
}

// distance is the optimal string alignment distance: insertions, deletions,
// substitutions, and swaps of neighbours, each one edit.
func distance(a, b string) int {
	r, s := []rune(a), []rune(b)
	before, prev, cur := make([]int, len(s)+1), make([]int, len(s)+1), make([]int, len(s)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(r); i++ {
		cur[0] = i
		for j := 1; j <= len(s); j++ {
			cost := 1
			if r[i-1] == s[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && r[i-1] == s[j-2] && r[i-2] == s[j-1] {
				cur[j] = min(cur[j], before[j-2]+1)
			}
		}
		before, prev, cur = prev, cur, before
	}
	return prev[len(s)]
}
