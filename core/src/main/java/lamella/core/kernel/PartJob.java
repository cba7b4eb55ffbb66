package lamella.core.kernel;

/** Things that are done in a fixed number of parts, which the team shares where it is free. */
public final class PartJob implements Team.Job {
  /** What is done with the things in [from, to). */
  public interface Body {
    /**
     * Does one part.
     *
     * @param part its number, from 0
     * @param from the first thing
     * @param to the one after the last
     */
    void run(int part, int from, int to);
  }

  private final Team.Scratch scratch = new Team.Scratch();
  private final Body body;
  private int count;
  private int parts = 1;

  /**
   * A job.
   *
   * @param body what it does
   */
  public PartJob(Body body) {
    this.body = body;
  }

  /**
   * Does all parts; parts are numbered from 0 and nearly equal.
   *
   * @param things how many
   * @param inParts at least 1
   */
  public void run(int things, int inParts) {
    count = things;
    parts = inParts;
    if (inParts > 1 && Chosen.TEAM.acquire()) {
      try {
        Chosen.TEAM.run(this, inParts, scratch);
      } finally {
        Chosen.TEAM.release();
      }
    } else {
      for (int part = 0; part < inParts; part++) {
        run(part, scratch);
      }
    }
  }

  @Override
  public void run(int part, Team.Scratch threadScratch) {
    body.run(part, first(part), first(part + 1));
  }

  private int first(int part) {
    return (int) ((long) count * part / parts);
  }
}
