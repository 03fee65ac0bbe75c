zfs
clone
-o
refreservation=99999999
k/vv@T
k/vv4
