package server

import (
	"context"
	"errors"
	"net/http"

	"github.com/jackc/pgx/v5/pgtype"
)

// actorHeader names the user who asks. A gateway in front of the service has
// checked who that is, and set it.
const actorHeader = "X-Actor"

var errNoActor = errors.New("the context carries no actor")

type actorKey struct{}

// withActor answers 401 to whoever does not say who asks.
func (s *server) withActor(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var actor pgtype.UUID
		if err := actor.Scan(r.Header.Get(actorHeader)); err != nil {
			s.reply(w, r, http.StatusUnauthorized, problem{Code: "no_actor", Message: "the header " + actorHeader + " must be a UUID"})
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), actorKey{}, actor)))
	})
}

// actorFrom gives package scopes the actor for its audit rows.
func actorFrom(ctx context.Context) (pgtype.UUID, error) {
	actor, ok := ctx.Value(actorKey{}).(pgtype.UUID)
	if !ok {
		return pgtype.UUID{}, errNoActor
	}
	return actor, nil
}
