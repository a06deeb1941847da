package stripesim_test
import "testing"
func TestDbg(t *testing.T){ sim:=start(t,"")
 go sim.post(t.Context(),"/v1/products","name=x","Idempotency-Key","k","Sim-Fault","timeout")
 for range 3 { r,b,e:=sim.post(t.Context(),"/v1/coupons","percent_off=0","Idempotency-Key","k"); t.Log(r,b,e)}
}
