import os, sys, time, json, zlib, hashlib, re, math, random
print(sys.version_info[:3])
d={}
for i in range(20000): d[str(i%997)]=d.get(str(i%997),0)+i
print(sum(d.values()), len(d))
print(sorted([ (i*7919)%1009 for i in range(50)])[:10])
print(hashlib.sha256(b'abc').hexdigest(), zlib.crc32(b'hello'))
print(json.dumps({"a":[1,2.5,None,True],"b":"ü"}), re.findall(r'\d+','a1b22c333'))
print(math.pi, 2**100, 1/3, round(2.675,2))
try: 1/0
except ZeroDivisionError as e: print('err',e)
os.makedirs('/data/x',exist_ok=True)
with open('/data/x/f.txt','w') as f: f.write('hello\n'*1000)
print(os.stat('/data/x/f.txt').st_size, os.listdir('/data'), open('/data/x/f.txt').read(11))
os.truncate('/data/x/f.txt',10)
os.utime('/data/x/f.txt',(1000,2000)); print(os.stat('/data/x/f.txt').st_mtime)
os.rename('/data/x/f.txt','/data/g.txt'); print(sorted(os.listdir('/data')))
try: os.readlink('/data/g.txt')
except OSError as e: print(e.errno)
fd=os.open('/data/g.txt',os.O_RDWR)
try: os.posix_fallocate(fd,0,100); print(os.fstat(fd).st_size)
except OSError as e: print('fallocate',e.errno)
os.utime(fd,(5,6)); print(os.fstat(fd).st_mtime); os.close(fd)
os.remove('/data/g.txt'); os.rmdir('/data/x'); os.rmdir('/data')
def gen(n):
    for i in range(n): yield i*i
print(sum(gen(10000)))
class A:
    def __init__(s,x): s.x=x
    def __add__(s,o): return A(s.x+o.x)
a=A(0)
for i in range(10000): a=a+A(i)
print(a.x)
sys.stdout.flush(); sys.exit(3)
