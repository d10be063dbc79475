package space_test

import (
	"os"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/consent"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/web/space"
)

// A browser offers to keep what is typed into a field for a pass word, with the field before it: whoever holds the telephone
// later would have both.
func TestNoBrowserKeepsTheWord(t *testing.T) {
	s := newSite(t, space.Options{})
	_, body := s.send("GET", "/", "", nil)
	if strings.Contains(body, `type="password"`) || strings.Count(body, `autocomplete="off"`) != 3 {
		t.Errorf("the browser is asked to keep the word:\n%s", body)
	}
	css, err := os.ReadFile("files/page.css")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(css), "#word{-webkit-text-security:disc}") {
		t.Error("whoever looks over the shoulder reads the word")
	}
}

// The name of a house that was told something stands nowhere on the page; two of a kind can be told apart and taken back.
func TestNoNameOfAHouse(t *testing.T) {
	s := newSite(t, space.Options{})
	_, err := s.app.Consents.Give(t.Context(), s.worker, string(s.of), consent.Said{
		Kind: consent.Sharing, State: consent.Given, Classes: []string{"contact"}, Purposes: []string{"support"}, Last: "2026-08-31",
		Recipients: []consent.Named{
			{Term: consent.Term{To: "shelter", Recall: consent.RecallYes, Feeds: consent.FeedsNo}, Name: private.New("KANARIE refuge, 7 Mill Lane")},
			{Term: consent.Term{To: "shelter", Recall: consent.RecallYes, Feeds: consent.FeedsNo}, Name: private.New("KANARIE house")},
		},
		Giving: consent.Giving{
			OwnLanguage: consent.Yes, Explained: consent.Elements(), Understood: consent.Yes, By: consent.Herself, Exploiter: consent.No, Method: consent.Signed,
		},
	}, record.NewSubmissionKey())
	s.must(err)
	_, body := s.send("GET", "/choices", s.in("lemon"), nil)
	if found := space.Telling.FindString(strings.ReplaceAll(body, "/choices", "")); strings.Contains(body, "KANARIE") || strings.Contains(body, "refuge") {
		t.Errorf("the page says %q", found)
	}
	for _, label := range []string{"Take back for another organisation<", "Take back for another organisation (2)<"} {
		if !strings.Contains(body, label) {
			t.Errorf("there is no %q", label)
		}
	}
}
