zpool
get
-Hp
all
nosuch
