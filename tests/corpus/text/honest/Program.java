package example.ads;

import java.util.ArrayList;

public class Units {
    private final ArrayList<String> adUnits = new ArrayList<>();

    public void run(Tag googletag) {
        adUnits.add("top");
        googletag.display("top");
    }
}
