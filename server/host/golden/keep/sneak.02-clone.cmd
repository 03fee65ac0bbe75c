zfs
clone
-o
refreservation=auto
k/s.before@T
k/s
