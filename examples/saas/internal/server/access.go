package server

import (
	"net/http"

	"example.com/saas/internal/saasdb"
	"github.com/jackc/pgx/v5/pgtype"
)

type roleAnswer struct {
	ID   int64             `json:"id"`
	Name saasdb.MemberRole `json:"name"`
}

func roleAnswers(rows []saasdb.Role) []roleAnswer {
	answers := make([]roleAnswer, len(rows))
	for i, row := range rows {
		answers[i] = roleAnswer{ID: row.ID, Name: row.Name}
	}
	return answers
}

// checkOwners answers 422 to a list that would leave nobody in charge. A user
// listed twice is left to the database, whose unique key tells.
func (s *server) checkOwners(w http.ResponseWriter, r *http.Request, owners []pgtype.UUID) bool {
	if len(owners) == 0 {
		s.reply(w, r, http.StatusUnprocessableEntity, problem{"no_owner", "owners must name at least one user"})
		return false
	}
	return true
}
