"""Acts and questions: each act is one transaction and one audit line."""
