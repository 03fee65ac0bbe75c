zfs
holds
-Hp
k/b@none
