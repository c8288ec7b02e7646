package server

import (
	"net/http"
	"net/url"

	"example.com/saas/internal/saasdb"
	"example.com/saas/scopes"
)

type environmentRequest struct {
	ID          string `json:"id"`
	WorkspaceID int64  `json:"workspace_id"`
	Name        string `json:"name"`
}

type environmentAnswer struct {
	ID          string `json:"id"`
	WorkspaceID int64  `json:"workspace_id"`
	Name        string `json:"name"`
}

func answerOf(row saasdb.Environment) *environmentAnswer {
	return &environmentAnswer{ID: row.ID, WorkspaceID: row.WorkspaceID, Name: row.Name}
}

func (s *server) createEnvironment(w http.ResponseWriter, r *http.Request) {
	var req environmentRequest
	if !s.read(w, r, &req) {
		return
	}
	res, err := s.scopes.CreateEnvironment(r.Context(), scopes.EnvironmentCreatorSpec{
		ID:          req.ID,
		WorkspaceID: req.WorkspaceID,
		Name:        req.Name,
	})
	if s.fail(w, r, err) {
		return
	}
	s.created(w, r, "/environments/"+url.PathEscape(res.Row.ID), answerOf(res.Row))
}

func (s *server) purgeEnvironment(w http.ResponseWriter, r *http.Request) {
	res, err := s.scopes.PurgeEnvironment(r.Context(), scopes.EnvironmentPurgerSpec{ID: r.PathValue("id")})
	if s.fail(w, r, err) {
		return
	}
	s.purged(w, r, res.Found, map[string]int64{"grants": res.Grants})
}
