-- ardour7-lua record.lua FOLDER SECONDS TRACK=PORT ...
-- A new session in FOLDER on the running JACK server: an armed MIDI track for each PORT. Rolls for SECONDS, stops, saves.
-- Only the save makes a take's .mid right: while it is streamed, absolute times stand where deltas belong (Ardour 7.3).
local function say(...) print(...); io.stdout:flush() end

local backend = AudioEngine:set_backend("JACK", "ardour", "")
assert(backend and not backend:isnil(), "no JACK backend")
local session = create_session(arg[1], "take", 48000)
assert(session, "no session")

local one = ARDOUR.ChanCount(ARDOUR.DataType("midi"), 1)
for n = 3, #arg do
  local name, source = arg[n]:match("^(.-)=(.+)$")
  local tracks = session:new_midi_track(one, one, true, ARDOUR.PluginInfo(), nil, nil, 1, name,
                                        ARDOUR.PresentationInfo.max_order, ARDOUR.TrackMode.Normal, false)
  for track in tracks:iter() do
    assert(track:input():nth(0):connect(source) == 0, "cannot connect " .. source)
    track:to_track():rec_enable_control():set_value(1, PBD.GroupControlDisposition.NoGroup)
  end
end
ARDOUR.LuaAPI.usleep(300000)
session:goto_start()
session:maybe_enable_record()
session:request_roll(ARDOUR.TransportRequestSource.TRS_UI)
for _ = 1, 100 do
  if session:transport_rolling() then break end
  ARDOUR.LuaAPI.usleep(20000)
end
assert(session:transport_rolling(), "the transport does not roll")
say("ROLLING")
ARDOUR.LuaAPI.usleep(math.floor(tonumber(arg[2]) * 1000000))
session:request_stop(false, false, ARDOUR.TransportRequestSource.TRS_UI)
ARDOUR.LuaAPI.usleep(800000)
session:save_state("")
close_session()
say("SAVED")
quit()
