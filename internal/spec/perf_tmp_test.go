package spec
import ("testing";"strings";"time";"fmt";"github.com/specgen-dev/specgen/internal/diag")
func TestPerfTmp(t *testing.T){
 for _,n:=range []int{100000,200000,400000}{
   for i,s:=range []string{"a: [\n"+strings.Repeat("a,\n",n/3)+" b: c: [\n", strings.Repeat("[",9000)+strings.Repeat("x,\n",n/3), "scopes: {a: {id: "+strings.Repeat("$",n)+"}}","? "+strings.Repeat("a",n)+"\n: 1\n"} {
   st:=time.Now(); var l diag.List; Parse("x",[]byte(s),&l); fmt.Println("n=",i,n,time.Since(st).Round(time.Millisecond), codes(&l))
  }
 }
}
