package saasfunc

import "context"

// WorkspaceEvent tells the rest of the company that a workspace is there.
type WorkspaceEvent struct {
	ID   int64
	Slug string
}

// Publisher hands an event to whoever listens, such as a message broker.
type Publisher func(ctx context.Context, event WorkspaceEvent) error

type publisherKey struct{}

// WithPublisher returns a context whose workspaces are announced to publish.
func WithPublisher(ctx context.Context, publish Publisher) context.Context {
	return context.WithValue(ctx, publisherKey{}, publish)
}

// WorkspaceCreated announces a workspace to the publisher of ctx, if there is
// one. It runs after the commit: nobody hears of a workspace that was rolled
// back. Its error does not undo the workspace.
func WorkspaceCreated(ctx context.Context, id int64, slug string) error {
	publish, ok := ctx.Value(publisherKey{}).(Publisher)
	if !ok {
		return nil
	}
	return publish(ctx, WorkspaceEvent{ID: id, Slug: slug})
}
