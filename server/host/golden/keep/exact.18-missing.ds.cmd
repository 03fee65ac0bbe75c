zfs
destroy
k/nods@a,b
