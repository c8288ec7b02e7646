// Package browser holds the test that opens the page of `specgen graph` in
// Chromium: pointer and keyboard, light and dark, with few scopes and with many.
//
//	go test -tags browser ./...
//
// It is a module of its own, and behind a tag: neither the driver of the
// browser nor Chromium is needed for anything else.
package browser
