package lamella.spark;

import java.util.List;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.ml.attribute.NumericAttribute;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** A column that scoring adds, with the metadata that Spark ML's own models give it. */
enum ScoreColumn {
  /** What the model gives, as it is: a vector. */
  OUTPUT {
    @Override
    boolean isOf(OpenModel model) {
      return true;
    }

    @Override
    StructField field(OpenModel model, String name) {
      return new AttributeGroup(name, model.outputs()).toStructField();
    }
  },

  /** A vector with a number for each class, the larger the likelier. */
  RAW_PREDICTION {
    @Override
    boolean isOf(OpenModel model) {
      return model.classes() > 0 || model.isOfQuestions();
    }

    @Override
    StructField field(OpenModel model, String name) {
      return new AttributeGroup(name, width(model)).toStructField();
    }
  },

  /** A vector with the probability of each class. */
  PROBABILITY {
    @Override
    boolean isOf(OpenModel model) {
      return RAW_PREDICTION.isOf(model);
    }

    @Override
    StructField field(OpenModel model, String name) {
      return RAW_PREDICTION.field(model, name);
    }
  },

  /** The class, from 0 on, or the number. */
  PREDICTION {
    @Override
    boolean isOf(OpenModel model) {
      return model.classes() > 0 || model.isNumber();
    }

    @Override
    StructField field(OpenModel model, String name) {
      if (model.classes() == 0) {
        return NumericAttribute.defaultAttr().withName(name).toStructField();
      }
      NominalAttribute classes = NominalAttribute.defaultAttr().withName(name);
      List<String> labels = model.labels();
      return labels.isEmpty()
          ? classes.withNumValues(model.classes()).toStructField()
          : classes.withValues(labels.toArray(String[]::new)).toStructField();
    }
  },

  /** The class's name. */
  PREDICTED_LABEL {
    @Override
    boolean isOf(OpenModel model) {
      return !model.labels().isEmpty();
    }

    @Override
    StructField field(OpenModel model, String name) {
      return new StructType().add(name, DataTypes.StringType, false).apply(0);
    }
  };

  /** Whether a model can fill it. */
  abstract boolean isOf(OpenModel model);

  /** How it stands in a schema. */
  abstract StructField field(OpenModel model, String name);

  /**
   * Numbers of a vector with one for each class; a single output that answers yes or no has two.
   */
  private static int width(OpenModel model) {
    return model.isYesNo() ? 2 : model.outputs();
  }

  /** Numbers of a value; 0 if it is no vector. */
  int size(OpenModel model) {
    return switch (this) {
      case OUTPUT -> model.outputs();
      case RAW_PREDICTION, PROBABILITY -> width(model);
      case PREDICTION, PREDICTED_LABEL -> 0;
    };
  }
}
