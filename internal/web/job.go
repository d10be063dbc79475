package web

// jobRoutes are the pages of work that failed.
func (s *Server) jobRoutes() []route {
	return nil
}
