zfs
list
-Hp
-o
name,volsize,refreservation
k/r
k/r.before
