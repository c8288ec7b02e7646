package graph

import (
	_ "embed" // for the page's parts
	"fmt"
	"html/template"
	"strings"

	"github.com/specgen-dev/specgen/internal/plan"
)

//go:embed page.tmpl
var pageSource string

//go:embed page.css
var pageStyle string

//go:embed page.js
var pageScript string

// page is what the templates read.
type page struct {
	Title   string
	Style   template.CSS
	Script  template.JS
	Drawing *drawing
	Scopes  []*scopePanel
	Stores  []*storePanel
	Counts  string
	HasData bool
}

// HTML writes the graph as one page without anything from elsewhere: a click on
// a scope shows its plans, one on a step its SQL.
func (g *Graph) HTML() (string, error) {
	return g.render("html")
}

// SVG writes the graph as one picture. A browser that opens it as a document
// also shows plans and SQL, as the page does; as an image it is still.
func (g *Graph) SVG() (string, error) {
	p := g.page()
	head := fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" class="alone" width="%d" height="%d" viewBox="0 0 %[1]d %[2]d">`,
		p.Drawing.Width+panelWidth, max(p.Drawing.Height, panelHeight))
	drawing, err := g.render("drawing")
	if err != nil {
		return "", err
	}
	panels, err := g.render("panels")
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString(head + "\n<title>" + template.HTMLEscapeString(p.Title) + "</title>\n")
	b.WriteString("<style><![CDATA[\n" + pageStyle + "]]></style>\n")
	b.WriteString(drawing)
	fmt.Fprintf(&b, `<foreignObject x="%d" y="0" width="%d" height="%d"><div xmlns="http://www.w3.org/1999/xhtml" class="aside">`,
		p.Drawing.Width, panelWidth, max(p.Drawing.Height, panelHeight))
	b.WriteString(panels + "</div></foreignObject>\n")
	b.WriteString("<script><![CDATA[\n" + pageScript + "]]></script>\n</svg>\n")
	return b.String(), nil
}

// The room for plans beside the drawing, in an SVG.
const (
	panelWidth  = 620
	panelHeight = 640
)

func (g *Graph) render(name string) (string, error) {
	t, err := template.New("page").Parse(pageSource)
	if err != nil {
		return "", fmt.Errorf("parsing the page's template: %w", err)
	}
	var b strings.Builder
	if err := t.ExecuteTemplate(&b, name, g.page()); err != nil {
		return "", fmt.Errorf("rendering the page: %w", err)
	}
	return b.String(), nil
}

func (g *Graph) page() *page {
	p := &page{Title: "Scopes of package " + oneLine(g.Package), Style: template.CSS(pageStyle), Script: template.JS(pageScript), Drawing: draw(g)}
	scopes, stores := 0, 0
	for _, n := range g.Nodes {
		switch n.Kind {
		case ScopeNode:
			scopes++
			p.Scopes = append(p.Scopes, g.scopePanel(n))
		case OutsideNode:
			p.Stores = append(p.Stores, g.storePanel(n))
		default:
			stores++
			p.HasData = p.HasData || n.Kind == DataNode
			p.Stores = append(p.Stores, g.storePanel(n))
		}
	}
	p.Counts = fmt.Sprintf("%s, %s", plural(scopes, "scope"), plural(stores, "table"))
	return p
}

func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// Title is the text that a pointer over the box shows.
func (b box) Title() string { return oneLine(b.Node.Name) }

// Label is what a screen reader says of the box.
func (b box) Label() string {
	text := string(b.Node.Kind) + " " + oneLine(b.Node.Name)
	if b.Node.Kind == OutsideNode {
		text = "scope " + oneLine(b.Node.Name)
	}
	if b.Node.Note != "" {
		text += ", " + oneLine(b.Node.Note)
	}
	return text
}

// TextX, NameY and NoteY are where its texts start.
func (b box) TextX() int { return b.X + padding }

// NameY is the base line of the name.
func (b box) NameY() int {
	if b.Note == "" {
		return b.Y + b.H/2 + nameSize/3
	}
	return b.Y + 19
}

// NoteY is the base line of the note.
func (b box) NoteY() int { return b.Y + 35 }

// Radius rounds the corners of scopes.
func (b box) Radius() int {
	if b.Node.Kind == ScopeNode || b.Node.Kind == OutsideNode {
		return b.H / 2
	}
	return 4
}

// Title is the text that a pointer over the line shows.
func (l line) Title() string {
	return oneLine(fmt.Sprintf("%s → %s: %s", l.Edge.From.Name, l.Edge.To.Name, l.Edge.label()))
}

// Head is the path of the arrow's head.
func (l line) Head() string {
	if l.Edge.From == l.Edge.To {
		return fmt.Sprintf("M%d %dl8 -4v8z", l.X, l.Y)
	}
	return fmt.Sprintf("M%d %dl-8 -4v8z", l.X, l.Y)
}

// Above and Below are the numbers of steps at the arrow's head: those of creations,
// and of the other operations.
func (l line) Above() string { return l.counted(true) }

// Below is the text under the line.
func (l line) Below() string { return l.counted(false) }

// counted names steps by their numbers, as far as there is room.
func (l line) counted(creates bool) string {
	const most = 4
	var parts []string
	for _, s := range l.Edge.Of {
		if (s.Op.Kind == plan.Create) != creates {
			continue
		}
		text := s.String()
		if len(s.Numbers) > most {
			s.Numbers = s.Numbers[:most]
			text = s.String() + ", …"
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, " · ")
}

// LabelX, AboveY and BelowY place these texts.
func (l line) LabelX() int { return l.X - 12 }

// AboveY is the base line of the text above.
func (l line) AboveY() int { return l.Y - 5 }

// BelowY is the base line of the text below.
func (l line) BelowY() int { return l.Y + 13 }
