package web

// peopleRoutes are the pages of accounts, roles and their review.
func (s *Server) peopleRoutes() []route {
	return nil
}
