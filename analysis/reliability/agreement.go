package reliability

// PlainAgreement is the share of pairs of codes of one unit that agree, each unit weighing as many
// as it has codes:
//
//	Σ_u Σ_k n_uk·(n_uk − 1)/(m_u − 1) / Σ_u m_u
//
// For two coders without gaps it is the share of units on which they agree. It makes no allowance
// for chance. Errors, all of type [*Error]: as [Alpha], but one category alone gives 1.
// Cost: O(units·coders).
func PlainAgreement(r Ratings) (float64, error) {
	if _, err := r.coders(); err != nil {
		return 0, err
	}
	list, units := r.patterns()
	if units == 0 {
		return 0, noPairs()
	}
	return agreement(list), nil
}

func agreement(list []pattern) float64 {
	agree, all := 0.0, 0.0
	for _, p := range list {
		for _, t := range p.codes {
			agree += float64(p.amount) * float64(t.count*(t.count-1)) / float64(p.coded-1)
		}
		all += float64(p.amount * p.coded)
	}
	return agree / all
}
