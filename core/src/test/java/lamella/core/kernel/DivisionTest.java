package lamella.core.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class DivisionTest {
  @Property(tries = 300)
  void partsCoverEveryTileOfEveryPanelOnce(
      @ForAll @IntRange(min = 1, max = 5000) int m,
      @ForAll @IntRange(min = 1, max = 1024) int depth,
      @ForAll @IntRange(min = 1, max = 5000) int n,
      @ForAll boolean aByColumns,
      @ForAll @IntRange(min = 1, max = 64) int threads) {
    int width = 64;
    Division division = new Division();
    division.divide(m, depth, n, aByColumns, width, threads);
    int tiles = (m + Tiles.ROWS - 1) / Tiles.ROWS;
    int panels = (n + width - 1) / width;
    int panelParts = division.parts() / division.rowParts();

    assertEquals(division.parts(), division.rowParts() * panelParts);
    assertTrue(division.tilesOfPart() * division.rowParts() >= tiles);
    assertTrue(division.tilesOfPart() * (division.rowParts() - 1) < tiles, "no part is empty");
    assertTrue(division.panelsOfPart() * panelParts >= panels);
    assertTrue(division.panelsOfPart() * (panelParts - 1) < panels, "no part is empty");
  }

  @Test
  void noThreadOfManyCopiesAPanelForASingleTile() {
    Division division = new Division();
    division.divide(200, 1024, 64, false, 64, 64);
    assertEquals(17, division.parts(), "34 tiles");
    division.divide(200, 1024, 64, false, 64, 2);
    assertEquals(34, division.parts(), "with two threads tiles are many");
  }
}
