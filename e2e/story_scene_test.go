package e2e

import (
	"fmt"
	"os"
)

// scenesVar, when set, makes the stories leave pictures of their pages in English and Arabic, wide and narrow, in
// artefacts/story. Without it they do not: every page of a story is looked at by the journey of its room.
const scenesVar = "FOURFOLD_E2E_SCENES"

// scenes takes pictures of pages of the case, given by what follows its address.
func (s story) scenes(pages map[string]string) {
	s.Helper()
	if os.Getenv(scenesVar) == "" {
		return
	}
	for _, tag := range []string{"en", "ar"} {
		s.language(tag)
		for _, width := range []int64{desk, phone} {
			s.size(width, 900)
			for rest, name := range pages {
				s.visit(s.at + rest)
				s.picture(fmt.Sprintf("story/%s-%s-%d", name, tag, width))
			}
		}
	}
	s.size(desk, 900)
	s.language("en")
}

// pictures takes pictures of a page of somebody else in the story, as it stands.
func (s story) pictures(q *tab, name string) {
	s.Helper()
	if os.Getenv(scenesVar) == "" {
		return
	}
	for _, width := range []int64{desk, phone} {
		q.size(width, 900)
		q.picture(fmt.Sprintf("story/%s-en-%d", name, width))
	}
	q.size(desk, 900)
}
