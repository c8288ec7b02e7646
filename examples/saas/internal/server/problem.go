package server

import (
	"context"
	"errors"
	"net/http"

	"example.com/saas/saasfunc"
	"example.com/saas/scopes"
	"github.com/specgen-dev/specgen/scope"
)

// problem is the body of every answer that is not a success.
type problem struct {
	Code    string `json:"code"`    // for programs
	Message string `json:"message"` // for people
}

// problemOf says what an error of package scopes means to a client. The errors
// that specgen.yaml names come first: each is a generic one too. An error's own
// text is for the log, but for that of SlugError, which is about the request.
func problemOf(err error) (status int, p problem) {
	var slug *saasfunc.SlugError
	switch {
	case errors.As(err, &slug):
		return http.StatusUnprocessableEntity, problem{"bad_slug", slug.Error()}

	case errors.Is(err, scopes.ErrWorkspaceSlugTaken):
		return http.StatusConflict, problem{"workspace_slug_taken", "the organisation has a workspace of this slug"}
	case errors.Is(err, scopes.ErrOrganisationNameTaken):
		return http.StatusConflict, problem{"organisation_name_taken", "there is an organisation of this name"}
	case errors.Is(err, scopes.ErrEnvironmentIDTaken):
		return http.StatusConflict, problem{"environment_id_taken", "there is an environment of this id"}
	case errors.Is(err, scopes.ErrEnvironmentIDMalformed):
		return http.StatusUnprocessableEntity, problem{"bad_environment_id", "an environment's id must be a lower-case host name label"}
	case errors.Is(err, scopes.ErrOwnerListedTwice):
		return http.StatusConflict, problem{"owner_listed_twice", "a user is in the list of owners more than once"}
	case errors.Is(err, scopes.ErrWorkspaceHasSubscriptions):
		return http.StatusConflict, problem{"workspace_has_subscriptions", "end the workspace's subscriptions first"}
	case errors.Is(err, scopes.ErrOrganisationNotFound):
		return http.StatusNotFound, problem{"organisation_not_found", "there is no such organisation"}
	case errors.Is(err, scopes.ErrWorkspaceNotFound):
		return http.StatusNotFound, problem{"workspace_not_found", "there is no such workspace"}

	case errors.Is(err, scope.ErrAlreadyExists):
		return http.StatusConflict, problem{"already_exists", "there is one already"}
	case errors.Is(err, scope.ErrParentNotFound), errors.Is(err, scope.ErrNotFound):
		return http.StatusNotFound, problem{"not_found", "there is no such thing"}
	case errors.Is(err, scope.ErrHasChildren):
		return http.StatusConflict, problem{"has_children", "remove what is in it first"}
	case errors.Is(err, scope.ErrInUse):
		return http.StatusConflict, problem{"in_use", "something still refers to it"}
	case errors.Is(err, scope.ErrInvalid):
		return http.StatusUnprocessableEntity, problem{"invalid", "a value is missing or not allowed"}
	case errors.Is(err, scope.ErrCommitUnknown):
		return http.StatusServiceUnavailable, problem{"outcome_unknown", "the connection broke off: look whether it was done before asking again"}
	case errors.Is(err, scope.ErrConflict), errors.Is(err, context.DeadlineExceeded):
		return http.StatusServiceUnavailable, problem{"try_again", "nothing was done: ask again"}
	default:
		return http.StatusInternalServerError, problem{"internal", "something broke on our side"}
	}
}

// committed reports whether err says that the rows are there all the same: what
// was to follow the commit went wrong.
func committed(err error) bool {
	var e *scope.Error
	return errors.As(err, &e) && e.Committed
}
