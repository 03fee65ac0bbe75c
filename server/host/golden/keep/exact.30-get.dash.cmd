zfs
get
-Hp
-o
value
used
--
k/x
