zfs
holds
-Hp
k/vm/d1@old1
k/vm/d1@T
k/vm/d1.before@new1
