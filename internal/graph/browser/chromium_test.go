//go:build browser

package browser

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// limit is when a page that does not answer is given up.
const limit = 2 * time.Minute

// artifacts is the variable that names a directory for screenshots.
const artifacts = "SPECGEN_ARTIFACTS"

// startChromium starts the browser, which ends with the test.
func startChromium(t *testing.T) context.Context {
	t.Helper()
	var path string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome", "headless-shell"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		t.Fatal("Chromium is not installed, and this test looks at a page in it: apt-get install chromium")
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(path), chromedp.WindowSize(1500, 950))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // Chromium refuses to run as root with it
	}
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("starting %s: %v", path, err)
	}
	return ctx
}

// browser is one page in a tab of its own.
type browser struct {
	t   *testing.T
	ctx context.Context

	mu       sync.Mutex
	requests []string
	troubles []string
}

// open opens a file in a light or dark scheme.
func open(t *testing.T, chromium context.Context, path, scheme string) *browser {
	t.Helper()
	ctx, cancel := chromedp.NewContext(chromium)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, limit)
	t.Cleanup(cancel)
	b := &browser{t: t, ctx: ctx}
	b.do("opening a tab")
	if err := chromedp.Listen(ctx, b.listen); err != nil {
		t.Fatalf("listening to the tab: %v", err)
	}
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}
	_, err := chromedp.Call(ctx, network.Enable, network.EnableParams{})
	_, err2 := chromedp.Call(ctx, log.Enable, cdp.Empty{})
	_, err3 := chromedp.Call(ctx, emulation.SetEmulatedMedia, media)
	if err := errors.Join(err, err2, err3); err != nil {
		t.Fatalf("preparing the tab: %v", err)
	}
	b.do("opening "+path, chromedp.Navigate("file://"+path))
	b.prepare()
	return b
}

func (b *browser) listen(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		b.requests = append(b.requests, e.Request.URL)
	case *runtime.EventExceptionThrown:
		b.troubles = append(b.troubles, e.ExceptionDetails.Text)
	case *log.EventEntryAdded:
		b.troubles = append(b.troubles, e.Entry.Text)
	}
}

// prepare gives the page the function that the expressions of this test use.
func (b *browser) prepare() {
	b.t.Helper()
	evaluate[bool](b, `window.visible = (selector) => { const x = document.querySelector(selector); return x !== null && x.getClientRects().length > 0; }; true`)
}

func (b *browser) reload() {
	b.t.Helper()
	b.do("loading again", chromedp.Reload())
	b.prepare()
}

// untroubled checks that nothing was fetched, thrown or logged.
func (b *browser) untroubled(path string) {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, url := range b.requests {
		if url != "file://"+path {
			b.t.Errorf("the page asked for %s", url)
		}
	}
	for _, text := range b.troubles {
		b.t.Errorf("the browser reports: %s", text)
	}
}

func (b *browser) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.t.Fatalf("%s: %v", what, err)
	}
}

func evaluate[T any](b *browser, expression string) T {
	b.t.Helper()
	out, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
	return out
}

func (b *browser) truth(expression string) bool {
	b.t.Helper()
	return evaluate[bool](b, "!!("+expression+")")
}

func (b *browser) number(expression string) int {
	b.t.Helper()
	return evaluate[int](b, expression)
}

func (b *browser) text(expression string) string {
	b.t.Helper()
	return evaluate[string](b, expression)
}

// want checks an expression.
func (b *browser) want(what, expression string) {
	b.t.Helper()
	if !b.truth(expression) {
		b.t.Errorf("%s: this does not hold: %s; the focus is on %s", what, expression,
			b.text(`document.activeElement.tagName + '#' + document.activeElement.id + '.' + document.activeElement.getAttribute('class')`))
	}
}

// click presses the pointer on the middle of an element.
func (b *browser) click(selector string) {
	b.t.Helper()
	at := evaluate[struct{ X, Y float64 }](b, fmt.Sprintf(`(() => { const x = document.querySelector(%q); x.scrollIntoView({block: 'nearest', inline: 'nearest'});
		const r = x.getBoundingClientRect(); return {X: r.left + r.width / 2, Y: r.top + r.height / 2}; })()`, selector))
	b.do("clicking on "+selector, chromedp.MouseClickXY(at.X, at.Y))
}

// press presses keys on what has the focus.
func (b *browser) press(keys string) {
	b.t.Helper()
	b.do("pressing a key", chromedp.KeyEvent(keys))
}

// screenshot keeps a picture, where the environment names a directory for it.
func (b *browser) screenshot(name string) {
	b.t.Helper()
	dir := os.Getenv(artifacts)
	if dir == "" {
		return
	}
	picture, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		b.t.Fatalf("taking a picture: %v", err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name), picture, 0o644); err != nil {
		b.t.Fatal(err)
	}
}

// output runs a program and fails the test with what it printed.
func output(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("running %s in %s: %v\n%s", cmd, dir, err, out)
	}
	return strings.TrimSpace(string(out))
}
