zfs
clone
-o
refreservation=auto
k/e/r.before@T
k/e/r
