-- Ends a statement that finds out too late that it must not happen: everything that it wrote is undone. `CM001` is nobody's code but ours.
CREATE FUNCTION undo(reason text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'CM001', MESSAGE = reason;
END $$;
