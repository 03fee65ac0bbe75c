zfs
clone
-o
refreservation=auto
k/r.before@a
k/r
