zfs
clone
-o
refreservation=auto
k/e/v.before@T
k/e/v
