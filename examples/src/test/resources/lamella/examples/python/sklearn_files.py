"""Writes what the recipes for scikit-learn read: classifier.npz, regressor.npz and logistic.npz, and beside each what
scikit-learn computes with the model.

In this directory, with scikit-learn of PyPI: python3 sklearn_files.py
"""

import warnings

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

warnings.simplefilter("ignore")
random = np.random.RandomState(1)
x = random.normal(size=(400, 4)) * [1, 2, 0.5, 3] + [0, 1, -2, 5]
y = (x[:, 0] > 0).astype(int) + (x[:, 1] > 2)


def save(file, model):
    scaler, mlp = model[0], model[-1]
    arrays = {"0.mean": scaler.mean_, "0.deviation": scaler.scale_}
    for i, (weight, bias) in enumerate(zip(mlp.coefs_, mlp.intercepts_)):
        arrays[f"{2 * i + 1}.weight"], arrays[f"{2 * i + 1}.bias"] = weight, bias
    np.savez(file, **arrays)


classifier = make_pipeline(StandardScaler(), MLPClassifier((10, 6), max_iter=100, random_state=1)).fit(x, y)
save("classifier.npz", classifier)
np.savez("classifier-expected.npz", x=x[:20], probabilities=classifier.predict_proba(x[:20]))
print(classifier[-1].activation, classifier[-1].out_activation_, classifier[-1].classes_)

mlp = MLPRegressor(hidden_layer_sizes=(10,), activation="tanh", max_iter=300, random_state=1)
regressor = make_pipeline(StandardScaler(), mlp).fit(x, np.sin(x[:, 0]) + x[:, 1])
save("regressor.npz", regressor)
np.savez("regressor-expected.npz", x=x[:20], outputs=regressor.predict(x[:20]))
print(regressor[-1].activation, regressor[-1].out_activation_)

logistic = LogisticRegression().fit(x, y > 0)
np.savez("logistic.npz", coef=logistic.coef_, intercept=logistic.intercept_)
np.savez("logistic-expected.npz", x=x[:20], probabilities=logistic.predict_proba(x[:20]))
print(logistic.coef_.shape, logistic.intercept_.shape)
