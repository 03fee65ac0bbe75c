zfs
bookmark
k/vm/d1.before#bm-gone
k/vm/d1#bm-gone
