zfs
clone
-o
refreservation=auto
k2/v.before@T
k2/v
