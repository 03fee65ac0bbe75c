zfs
holds
-Hp
k/b@T
