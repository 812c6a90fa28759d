module wawp.net/kubectl-wawp

go 1.24
