zfs
destroy
k/x@nope,nada
