//go:build browser

package browser

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// TestPage opens the page of a small and of a large project, in light and in
// dark, and uses it with the pointer and with the keyboard.
func TestPage(t *testing.T) {
	specgen := buildSpecgen(t)
	allocator := startChromium(t)
	small := drawGraph(t, specgen, reference(t), "html")
	large := drawGraph(t, specgen, synthetic(t, 40), "html")
	for _, project := range []struct {
		name   string
		page   string
		scopes int
	}{{"3", small, 3}, {"40", large, 40}} {
		for _, scheme := range []string{"light", "dark"} {
			t.Run(project.name+"/"+scheme, func(t *testing.T) {
				b := open(t, allocator, project.page, scheme)
				if got := b.number(`document.querySelectorAll('.node.scope').length`); got != project.scopes {
					t.Fatalf("the page shows %d scopes, want %d", got, project.scopes)
				}
				b.legible(scheme)
				b.screenshot(fmt.Sprintf("graph-%s-%s.png", project.name, scheme))
				b.pointer()
				b.screenshot(fmt.Sprintf("graph-%s-%s-step.png", project.name, scheme))
				b.close()
				b.keyboard(project.scopes)
				b.find()
				b.untroubled(project.page)
			})
		}
	}
}

// TestPicture opens the SVG as a document: it shows plans as the page does.
func TestPicture(t *testing.T) {
	specgen := buildSpecgen(t)
	picture := drawGraph(t, specgen, reference(t), "svg")
	b := open(t, startChromium(t), picture, "light")
	b.pointer()
	b.screenshot("graph-3-svg.png")
	b.untroubled(picture)
}

// TestHostileText opens a page whose texts try to become markup and script.
func TestHostileText(t *testing.T) {
	specgen := buildSpecgen(t)
	dir := synthetic(t, 1)
	const attack = `</p></script></style></title><script>window.attacked = 1</script><img src="x" onerror="window.attacked = 2"><svg onload="window.attacked = 3">]]>`
	replaceIn(t, filepath.Join(dir, "specgen.yaml"), "A thing has a part for each template.", "'"+attack+"'")
	replaceIn(t, filepath.Join(dir, "specgen.yaml"), "with: {id: $new.uuid}}\n    create", `with: {id: $new.uuid, note: "`+strings.ReplaceAll(attack, `"`, `\"`)+`"}}`+"\n    create")
	allocator := startChromium(t)
	for _, format := range []string{"html", "svg"} {
		t.Run(format, func(t *testing.T) {
			page := drawGraph(t, specgen, dir, format)
			b := open(t, allocator, page, "light")
			b.pointer()
			if !b.truth(`window.attacked === undefined`) {
				t.Errorf("text of the specification ran as a script")
			}
			for _, text := range []string{"document.querySelector('.doc').textContent", "document.querySelector('#s0-create-1-detail table').textContent"} {
				if got := b.text(text); !strings.Contains(got, attack) {
					t.Errorf("%s shows %q, want the text as it was written", text, got)
				}
			}
			b.untroubled(page)
		})
	}
}

// legible checks what can be measured of how the page looks.
func (b *browser) legible(scheme string) {
	b.t.Helper()
	dark := b.number(`parseInt(getComputedStyle(document.body).backgroundColor.match(/\d+/)[0])`) < 128
	if dark != (scheme == "dark") {
		b.t.Errorf("in %s mode the background is dark: %v", scheme, dark)
	}
	if wide := b.text(`Array.from(document.querySelectorAll('.node')).filter(n => Array.from(n.querySelectorAll('text')).some(
		x => x.getBBox().width + 16 > n.querySelector('rect').getBBox().width)).map(n => n.dataset.name).join()`); wide != "" {
		b.t.Errorf("the texts of these boxes do not fit: %s", wide)
	}
	if over := b.text(`(() => {
		const boxes = Array.from(document.querySelectorAll('.node')).map(n => [n.dataset.name, n.querySelector('rect').getBBox()]);
		const out = [];
		for (const [a, p] of boxes) for (const [b, q] of boxes)
			if (a !== b && p.x < q.x + q.width && q.x < p.x + p.width && p.y < q.y + q.height && q.y < p.y + p.height) out.push(a + ' and ' + b);
		return out.join();
	})()`); over != "" {
		b.t.Errorf("boxes overlap: %s", over)
	}
	// WCAG 2.2, 1.4.3: 4.5 to 1 for text of this size.
	if low := b.text(contrast); low != "" {
		b.t.Errorf("in %s mode the contrast is too low: %s", scheme, low)
	}
}

const contrast = `(() => {
	const channel = (v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
	const light = (c) => { const [r, g, b] = c.match(/\d+/g).map(Number); return 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b); };
	const ratio = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05);
	const style = getComputedStyle;
	const out = [];
	for (const n of document.querySelectorAll('.node')) for (const x of n.querySelectorAll('text'))
		if (ratio(style(x).fill, style(n.querySelector('rect')).fill) < 4.5) out.push(n.dataset.name);
	for (const x of document.querySelectorAll('h1, .counts, .keys, .legend li, .hint, .at, .trip, .doc, h3 small, th'))
		if (ratio(style(x).color, style(document.body).backgroundColor) < 4.5) out.push(x.className || x.tagName);
	for (const x of document.querySelectorAll('.step small, .step .number, .close'))
		if (ratio(style(x).color, style(x.closest('button')).backgroundColor) < 4.5) out.push(x.className || x.tagName);
	return Array.from(new Set(out)).join();
})()`

// pointer clicks on a scope and on a step.
func (b *browser) pointer() {
	b.t.Helper()
	b.click("#s0")
	b.want("a click on a scope opens its plans", `visible('#s0-panel') && document.querySelector('#s0').getAttribute('aria-pressed') === 'true'`)
	b.want("one panel is open", `document.querySelectorAll('.aside section.open').length === 1`)
	b.want("what the scope does not use steps back", `document.querySelectorAll('.edge.out').length > 0 && visible('.edge.out text')`)
	b.want("steps are closed", `!visible('#s0-create-1-detail')`)
	b.click("#s0-create-1")
	b.want("a click on a step opens its SQL", `visible('#s0-create-1-detail pre') && /INSERT|SELECT/.test(document.querySelector('#s0-create-1-detail pre').textContent)`)
	b.want("and its bindings", `visible('#s0-create-1-detail tbody td')`)
}

// close closes the plans by their button.
func (b *browser) close() {
	b.t.Helper()
	b.click("#s0-panel .close")
	b.want("the button closes the plans", `!visible('#s0-panel')`)
	b.want("the focus is on the scope again", `document.activeElement.id === 's0'`)
}

// keyboard goes the whole way without a pointer.
func (b *browser) keyboard(scopes int) {
	b.t.Helper()
	b.reload()
	b.press(kb.Tab)
	b.want("Tab comes to the search first", `document.activeElement.id === 'filter'`)
	b.press(kb.Tab)
	b.want("then to one of the nodes", `document.activeElement.matches('.node')`)
	b.want("the focus is seen", `document.activeElement.matches(':focus-visible') && getComputedStyle(document.activeElement.querySelector('rect')).strokeWidth === '4px'`)
	first := b.text(`document.activeElement.id`)
	b.press(kb.ArrowRight)
	b.want("an arrow moves on", fmt.Sprintf(`document.activeElement.matches('.node') && document.activeElement.id !== %q`, first))
	b.press(kb.ArrowLeft)
	b.press(kb.Home)
	b.want("Home comes back", fmt.Sprintf(`document.activeElement.id === %q`, first))
	if scopes > 3 {
		for range 30 {
			b.press(kb.ArrowDown)
		}
		b.want("what has the focus is on the screen", `(() => { const r = document.activeElement.getBoundingClientRect(), c = document.querySelector('.canvas').getBoundingClientRect();
			return r.top >= c.top && r.bottom <= c.bottom; })()`)
		b.want("thirty arrows went down thirty scopes", `document.activeElement.dataset.name === 'thing0030'`)
		b.press(kb.Home)
	}
	b.press(kb.Enter)
	b.want("Enter opens the plans and goes there", fmt.Sprintf(`visible('#%s-panel') && document.activeElement.id === '%[1]s-title'`, first))
	b.press(kb.ArrowDown)
	b.want("an arrow goes to the first step", `document.activeElement.matches('.step')`)
	b.want("the focus is seen there", `getComputedStyle(document.activeElement).outlineStyle !== 'none'`)
	b.press(kb.Enter)
	b.want("Enter opens a step", `document.activeElement.getAttribute('aria-expanded') === 'true' && visible('#' + document.activeElement.id + '-detail pre')`)
	b.press(kb.Tab)
	b.want("Tab comes to the SQL", `document.activeElement.matches('pre')`)
	b.press(kb.Escape)
	b.want("Escape closes the step", `document.activeElement.matches('.step') && document.activeElement.getAttribute('aria-expanded') === 'false'`)
	b.press(kb.Escape)
	b.want("Escape closes the plans, and the focus is where it was", fmt.Sprintf(`document.querySelectorAll('.aside section.open').length === 0 && document.activeElement.id === %q`, first))
	b.want("what can be pressed has a name", `Array.from(document.querySelectorAll('[role=button], button')).every(x => (x.getAttribute('aria-label') || x.textContent).trim() !== '')`)
}

// find searches for a scope.
func (b *browser) find() {
	b.t.Helper()
	b.reload()
	last := b.text(`Array.from(document.querySelectorAll('.node.scope')).at(-1).dataset.name`)
	b.press(kb.Tab)
	b.press(last)
	b.want("the search marks the scope", fmt.Sprintf(`Array.from(document.querySelectorAll('.node.match')).some(n => n.dataset.name === %q)`, last))
	b.press(kb.Enter)
	b.want("Enter goes to what was found", `document.activeElement.matches('.node.match')`)
}

func replaceIn(t *testing.T, path, old, by string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), old) {
		t.Fatalf("%s has no %q", path, old)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(text), old, by, 1)), 0o666); err != nil {
		t.Fatal(err)
	}
}
